import warmup

warmup.preload(codecs=["idna"], modules=["_strptime"], scan=False)
