"""The captive portal: what phones and computers ask of a network before they believe in it."""
