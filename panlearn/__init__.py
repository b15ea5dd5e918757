"""PaN Learn: the learning site for photon and neutron science."""
