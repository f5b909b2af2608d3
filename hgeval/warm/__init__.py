"""Kernels that start at once: forked from a parent in which the libraries are already loaded.

Usable wherever Jupyter starts a kernel (papermill, nbclient, nbval, JupyterLab), through its kernel provisioners. A
forked kernel behaves as a stock one, byte for byte. Knows kernels and processes; no metric, no report.
"""

SOCKET = "HGEVAL_WARM"  # where a parent listens that somebody else started; without it each client starts its own
PROVISIONER = "hgeval-warm"
# Libraries for arithmetic start their threads when they are loaded. More than one is not safe to fork, and reports that
# are made beside each other would only wait for each other's.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "NUMEXPR_NUM_THREADS": "1",
}
