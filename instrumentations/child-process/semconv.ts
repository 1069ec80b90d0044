/** Attribute names of the OpenTelemetry semantic conventions 1.45 that process and worker acts carry. */
export const ATTR_PROCESS_PID = 'process.pid';
export const ATTR_PROCESS_EXECUTABLE_NAME = 'process.executable.name';
export const ATTR_PROCESS_EXECUTABLE_PATH = 'process.executable.path';
export const ATTR_PROCESS_COMMAND_ARGS = 'process.command_args';
export const ATTR_PROCESS_WORKING_DIRECTORY = 'process.working_directory';
/** Development stability. */
export const ATTR_FILE_PATH = 'file.path';
