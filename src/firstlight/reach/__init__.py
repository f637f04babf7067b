"""What lies behind the link: gateway, names, the internet."""
