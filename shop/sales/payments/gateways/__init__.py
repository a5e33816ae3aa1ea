"""Payment gateways behind one small protocol, and the simulator that ships with the shop."""
