"""What is told over MQTT and counted for Prometheus, decided without either."""
