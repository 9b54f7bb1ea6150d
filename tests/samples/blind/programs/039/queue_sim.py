"""M/M/c queue. Settings are arguments of simulate(); nothing is read from outside."""
import heapq
import random


def simulate(arrival_rate, service_rate, servers=2, customers=2000, *, warmup=100, seed=1):
    rng = random.Random(seed)
    t, free, waits = 0.0, [0.0] * servers, []
    for i in range(customers):
        t += rng.expovariate(arrival_rate)
        start = max(t, heapq.heappop(free))
        if i >= warmup:
            waits.append(start - t)
        heapq.heappush(free, start + rng.expovariate(service_rate))
    waits.sort()
    return {"mean_wait": sum(waits) / len(waits), "p95_wait": waits[int(.95 * len(waits))], "utilisation": arrival_rate / servers / service_rate}


if __name__ == "__main__":
    for k, v in simulate(3.0, 2.0).items():
        print(f"{k:<12} {v:.4f}")
