"""Sensors of the Bluetooth standard that a runner may wear besides: chest straps, foot pods, treadmills.

What they say is a reference to compare with, never an input of the analysis.
"""
