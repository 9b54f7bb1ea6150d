import random

alpha = 0.5; gamma = 0.95
epsilon = 0.3; epsilon_min = 0.01; epsilon_decay = .98
n_episodes = 200
ROWS, COLS = 4, 6
ACTIONS = [(0, 1), (1, 0), (0, -1), (-1, 0)]
goal = (ROWS - 1, COLS - 1)

Q = {}
rng = random.Random(0)
history = []

def act(s):
    if rng.random() < epsilon:
        return rng.randrange(4)
    q = [Q.get((s, a), 0.0) for a in range(4)]
    return q.index(max(q))

for episode in range(n_episodes):
    s, steps, total = (0, 0), 0, 0
    while s != goal and steps < 100:
        a = act(s)
        dr, dc = ACTIONS[a]
        s2 = (min(max(s[0] + dr, 0), ROWS - 1), min(max(s[1] + dc, 0), COLS - 1))
        r = 10 if s2 == goal else -1
        best = max(Q.get((s2, b), 0.0) for b in range(4))
        Q[s, a] = Q.get((s, a), 0.0) + alpha * (r + gamma * best - Q.get((s, a), 0.0))
        s, steps, total = s2, steps + 1, total + r
    history.append(total)
    epsilon = max(epsilon_min, epsilon * epsilon_decay)
    if (episode + 1) % 50 == 0:
        print(f"Episode {episode + 1}: reward={total}, avg50={sum(history[-50:]) / 50:.2f}, steps={steps}, epsilon={epsilon:.3f}")
