/**
 * Keeps a program from outliving the process that started it, however that one ends: also killed by force, when nothing of ours runs any
 * more. A shell holds the other end of a pipe from us; when the pipe closes it ends the program, by force if it takes over 10 s.
 * It works wherever there is a POSIX shell, which the kernel's own "signal on parent's death" of Linux does not.
 */
const SUPERVISE = `
exec 3<&0 </dev/null
"$@" >/dev/null 3<&- &
program=$!
echo "$program"
{
  cat <&3
  kill "$program"
  tries=0
  while kill -0 "$program" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$program"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&- >/dev/null
wait "$program"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/**
 * The command that runs a program under supervision. To be spawned with a pipe as standard input, which ends the program when it closes.
 * It first writes the program's process id to standard output, passes its standard error on, and ends with its exit code.
 */
export function supervised(program: string, args: readonly string[]): { command: string; args: string[] } {
  return { command: 'sh', args: ['-c', SUPERVISE, 'supervise', program, ...args] };
}
