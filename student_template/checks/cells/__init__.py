"""A notebook's cells, taken apart and put into modules. They are parsed and never run; standard library only."""
