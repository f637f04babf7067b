"""Device-years in minutes: the real daemon on a simulated radio, in a time that leaps.

One *year* is one device in one neighbourhood, from its first boot on: networks go away and come
back, people come and go, the process is killed between two effects, the power fails, the clock is
wrong. ``judge.Rule`` lists what must hold all the time. Everything follows from the seed.
"""
