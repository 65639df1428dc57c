"""What a row of a workbook says happened to a case, and what that changes in the ledger."""
