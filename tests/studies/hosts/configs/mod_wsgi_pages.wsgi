import warmup

from pages import application

warmup.preload()
