//! The faces, as their hosts meet them.

mod c_face;
mod python_face;
