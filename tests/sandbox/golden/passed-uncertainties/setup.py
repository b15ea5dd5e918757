from uncertainties import ufloat
