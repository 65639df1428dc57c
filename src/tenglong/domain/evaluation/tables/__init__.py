"""Tables of firms from Parquet, CSV and Excel as the typed columns that a scheme declares."""
