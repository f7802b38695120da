"""What the USSD menus may ask of the gateway, and where sessions are kept for good."""
