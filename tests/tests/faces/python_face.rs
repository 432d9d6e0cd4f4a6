//! The Python face as others meet it: the module is built and laid beside its package; pytest, mypy and ruff judge it.
//!
//! An interpreter that lacks what the tests need gets a virtual environment under target/. Where there is no
//! interpreter, or no registry to fill the environment from, the tests are `NOT RUN`, and fail where `CI` is set.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The top of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie one level below the top")
}

/// Where the package is laid out, and where tools leave what they note.
fn workshop() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("python")
}

/// Runs a program; what it wrote is the message if it fails.
fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() {
        Ok(stdout.into_owned())
    } else {
        Err(format!("{command:?}: {status}\n{stdout}\n{stderr}"))
    }
}

/// A Python that has what the tests need; none if this machine can have none.
fn python() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| match equipped_python() {
        Ok(python) => Some(python),
        Err(problem) => {
            println!("NOT RUN: {problem}");
            assert!(std::env::var_os("CI").is_none(), "{problem}");
            None
        }
    });
    found.as_deref()
}

/// The machine's own interpreter if it has all, else that of a virtual environment.
fn equipped_python() -> Result<PathBuf, String> {
    let own = PathBuf::from(std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    let new_enough = "import sys; assert sys.version_info >= (3, 11), sys.version";
    run(Command::new(&own).args(["-c", new_enough]))?;
    let requirements = requirements();
    let script = "import sys\n\
                  from importlib.metadata import version\n\
                  for name in sys.argv[1:]: version(name)";
    // A requirement is a name and, if wanted, its versions; those of the machine are taken as they are.
    let bare = |requirement: &String| {
        let end = requirement.find(|c: char| "<>=!~ ".contains(c)).unwrap_or(requirement.len());
        requirement[..end].to_owned()
    };
    let pinned = requirements.iter().any(|requirement| requirement.contains("=="));
    if !pinned && run(Command::new(&own).args(["-c", script]).args(requirements.iter().map(bare))).is_ok() {
        return Ok(own);
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-environment");
    let inside = if cfg!(windows) { home.join("Scripts/python.exe") } else { home.join("bin/python") };
    let (stamp, wanted) = (home.join("requirements.txt"), requirements.join("\n"));
    if fs::read_to_string(&stamp).is_ok_and(|filled| filled == wanted) && inside.exists() {
        return Ok(inside);
    }
    let _ = fs::remove_dir_all(&home);
    run(Command::new(&own).args(["-m", "venv"]).arg(&home))?;
    run(Command::new(&inside).args(["-m", "pip", "install", "--quiet"]).args(&requirements))?;
    fs::write(&stamp, wanted).map_err(|error| error.to_string())?;
    Ok(inside)
}

/// What `[project.optional-dependencies]` lists under `test`.
fn requirements() -> Vec<String> {
    let project =
        fs::read_to_string(root().join("python/pyproject.toml")).expect("the package has a pyproject.toml");
    let (_, list) = project.split_once("\ntest = [").expect("it lists what its tests need");
    let (list, _) = list.split_once(']').expect("the list ends");
    list.split(',')
        .map(|item| item.trim().trim_matches('"').to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

/// Builds the native module in the profile of the tests, and says where it is.
fn native_module() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "-p", "stockbook-python", "--message-format=json"]).current_dir(root());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let messages = run(&mut command).unwrap_or_else(|problem| panic!("{problem}"));
    let library = |file: &PathBuf| {
        ["so", "dylib", "dll"].iter().any(|extension| file.extension() == Some(OsStr::new(extension)))
    };
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "_native")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|file| file.as_str().map(PathBuf::from))
        .find(library)
        .expect("cargo built the module")
}

/// Lays the package out with the module beside it, as a wheel would: once, for others may be at work with it.
fn lay_out_package() {
    static LAID_OUT: OnceLock<()> = OnceLock::new();
    LAID_OUT.get_or_init(lay_out);
}

fn lay_out() {
    let package = workshop().join("stockbook");
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&package).expect("target/ can be written to");
    for entry in fs::read_dir(root().join("python/stockbook")).expect("the package is there").flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), package.join(entry.file_name())).expect("a file can be copied");
        }
    }
    let name = if cfg!(windows) { "_native.pyd" } else { "_native.abi3.so" };
    fs::copy(native_module(), package.join(name)).expect("the module can be copied");
}

/// A Python tool, run where it can leave nothing in the repository.
fn tool(python: &Path, module: &str) -> Command {
    fs::create_dir_all(workshop()).expect("target/ can be written to");
    let mut command = Command::new(python);
    command.args(["-m", module]).current_dir(workshop()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn judge(command: &mut Command) {
    match run(command) {
        Ok(said) => println!("{said}"),
        Err(problem) => panic!("{problem}"),
    }
}

#[test]
fn pytest_is_content() {
    let Some(python) = python() else { return };
    lay_out_package();
    let project = root().join("python");
    judge(
        tool(python, "pytest")
            .args(["-p", "no:cacheprovider", "-rs", "-c"])
            .arg(project.join("pyproject.toml"))
            .arg("--rootdir")
            .arg(&project)
            .arg(project.join("tests"))
            .env("PYTHONPATH", workshop())
            .env("STOCKBOOK_ROOT", root()),
    );
}

#[test]
fn a_host_in_python_outlives_a_hundred_kills() {
    let Some(python) = python() else { return };
    lay_out_package();
    stockbook_tests::kills::outlives_kills(&workshop().join("durable"), 100, |file, orders| {
        let mut command = Command::new(python);
        command.arg(root().join("examples/python/durable_host.py")).arg(file).arg(orders);
        command.env("PYTHONPATH", workshop()).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    });
}

#[test]
fn mypy_is_content() {
    let Some(python) = python() else { return };
    let project = root().join("python");
    judge(
        tool(python, "mypy")
            .arg("--config-file")
            .arg(project.join("pyproject.toml"))
            .arg("--cache-dir")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("mypy"))
            .args([project.join("stockbook"), project.join("tests"), root().join("examples/python")])
            .env("MYPYPATH", std::env::join_paths([&project, &project.join("tests")]).expect("paths join")),
    );
}

#[test]
fn ruff_is_content() {
    let Some(python) = python() else { return };
    // From the folder of its configuration, which its patterns start from.
    for mode in [&["check"][..], &["format", "--check"]] {
        let mut ruff = tool(python, "ruff");
        judge(
            ruff.args(mode)
                .args(["--no-cache", "--config", "pyproject.toml", ".", "../examples/python"])
                .current_dir(root().join("python")),
        );
    }
}
