"""A report of one page to be printed: values, drawings, a page, a file. It reads no store."""
