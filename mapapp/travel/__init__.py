"""Travel times by road: networks made from OpenStreetMap, and times kept between where people live and sites."""
