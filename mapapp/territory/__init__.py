"""Voivodeships, subregions, powiats, gminas, their population, places and postal codes."""
