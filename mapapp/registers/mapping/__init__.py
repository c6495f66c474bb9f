"""Files of layouts that nobody has described: which column is which, told by headings and by what stands in them."""
