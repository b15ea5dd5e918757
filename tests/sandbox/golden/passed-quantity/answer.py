def f(energy):
    return (ureg.planck_constant * ureg.speed_of_light / energy).to("nm")
