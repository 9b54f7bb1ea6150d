import math


def schedule(t, total, kind="cosine"):
    if kind == "cosine":
        return math.cos(t / total * math.pi / 2) ** 2
    return 1 - t / total


def main(timesteps=50, sigma=0.8, schedule_kind="cosine", samples=4, guidance=None):
    snr = 0.0
    for t in range(timesteps):
        a = schedule(t, timesteps, schedule_kind)
        snr = a / max(1 - a, 1e-6)
        if t % 10 == 0:
            print(f"t={t:<4d} alpha_bar={a:.4f} log_snr={math.log(max(snr, 1e-9)):.3f}")
    print("terminal snr:", f"{snr:.3e}")


if __name__ == "__main__":
    main(timesteps=40, sigma=0.5)
