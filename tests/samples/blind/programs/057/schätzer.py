# Schätzt den Mittelwert robust. Kommentare deutsch.
import random

λ = 0.1
α = 1.5
Durchläufe = 6
anzahl_proben = 300
ausreisser_anteil = 0.05
verfahren = "huber"

zufall = random.Random(10)
daten = [zufall.gauss(5, 1) if zufall.random() > ausreisser_anteil else 100.0 for _ in range(anzahl_proben)]
μ = sum(daten) / len(daten)
for i in range(Durchläufe):
    grad = sum(max(-α, min(α, μ - x)) for x in daten) / len(daten) + λ * 0
    μ -= grad * 2
    print(f"Durchlauf {i + 1}: Schätzung = {μ:.4f}, Abweichung = {abs(μ - 5):.4f}")
