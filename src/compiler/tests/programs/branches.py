try:
    if a and c:
        b
    elif x: y
    else: c
    while z:
        w
        if q: continue
        x
except A: pass
