#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MAXN 4096
static double u[MAXN], v[MAXN];

int main(int argc, char **argv) {
    int nx = argc > 1 ? atoi(argv[1]) : 32;
    int steps = argc > 2 ? atoi(argv[2]) : 100;
    double alpha = argc > 3 ? atof(argv[3]) : 0.1;
    for (int i = 0; i < nx; i++) u[i] = sin(M_PI * i / (nx - 1));
    for (int s = 1; s <= steps; s++) {
        double res = 0;
        for (int i = 1; i < nx - 1; i++) {
            v[i] = u[i] + alpha * (u[i - 1] - 2 * u[i] + u[i + 1]);
            res += fabs(v[i] - u[i]);
        }
        for (int i = 1; i < nx - 1; i++) u[i] = v[i];
        if (s % 100 == 0) printf("step %d residual %.6e max %.6f\n", s, res, u[nx / 2]);
    }
    return 0;
}
