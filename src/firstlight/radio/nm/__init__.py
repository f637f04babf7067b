"""The radio that NetworkManager and wpa_supplicant drive, spoken to over D-Bus and nothing else.

One file for each D-Bus interface, with the names of its documentation; ``radio.py`` joins them to
the port, ``trial.py`` reads their signals as the progress of a trial.
"""
