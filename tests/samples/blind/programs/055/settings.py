import configparser


class Settings:
    def __init__(self, path):
        self._cp = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
        self._cp.read(path)

    def get(self, sec, key, fallback=None):
        return self._cp.get(sec, key, fallback=fallback)

    def int(self, sec, key, fallback=0):
        return self._cp.getint(sec, key, fallback=fallback)

    def float(self, sec, key, fallback=0.0):
        return self._cp.getfloat(sec, key, fallback=fallback)
