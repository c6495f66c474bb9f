"""Where an address is: geocoders behind one Protocol, the embedded one without a network."""
