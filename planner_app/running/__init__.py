"""Computing: runs as rows, the processes that simulate them, and the report they leave."""
