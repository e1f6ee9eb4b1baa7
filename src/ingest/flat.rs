//! One file without a workspace, read with the same rules: orders for RFM, columns for everything else.
