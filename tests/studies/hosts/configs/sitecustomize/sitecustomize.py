import warmup

warmup.preload(codecs=["idna"], modules=["_strptime"], named_only=True)
