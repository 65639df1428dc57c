"""Pages, one file per topic; each file lists its addresses in `urls`."""
