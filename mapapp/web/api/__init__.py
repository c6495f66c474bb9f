"""What machines ask: the same questions as the pages, answered as JSON and GeoJSON."""
