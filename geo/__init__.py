"""Pure spatial computation on arrays and geometries: values in, new values out, without files, clock or network."""
