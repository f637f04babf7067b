"""A Bluetooth LE peripheral: one GATT service, advertised."""
