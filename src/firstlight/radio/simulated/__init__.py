"""A world of access points, stations and faults, with a NetworkManager of its own.

Nothing here touches the machine's WiFi. The world behaves as NetworkManager 1.42 on mac80211_hwsim
does, in the figures of ``durations``: one radio that is a station or a hotspot but not both, trials
that vanish when they end, saved networks that are joined by themselves, a checkpoint that outlives
the process that armed it.
"""
