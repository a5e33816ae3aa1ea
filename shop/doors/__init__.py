"""All of the shop's HTTP and its commands; a door parses, calls one service and answers."""
