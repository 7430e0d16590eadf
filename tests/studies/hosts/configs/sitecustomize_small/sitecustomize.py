import warmup

warmup.preload(codecs=["ascii", "cp1252", "latin-1", "iso8859-15", "utf-8", "utf-16"], scan=False)
