"""Kernels that start at once: forked from a parent in which the libraries are already loaded.

Usable wherever Jupyter starts a kernel (papermill, nbclient, nbval, JupyterLab), through its kernel provisioners. A
forked kernel behaves as a stock one, byte for byte. Knows kernels and processes; no metric, no report.
"""

SOCKET = "HGEVAL_WARM"  # where a parent listens that somebody else started; without it each client starts its own
PROVISIONER = "hgeval-warm"
