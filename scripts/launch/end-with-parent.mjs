/**
 * Loaded into every Node program that a command starts: the program and its group are asked to end, and killed later,
 * when the command is killed, which leaves nobody else to end them. The channel to the command closes then, whatever
 * the way it died.
 */
import { signalGroup } from './process-group.mjs';

// Programs that this one starts may inherit the import: they have another parent, and none of this is theirs.
const isChildOfCommand = String(process.ppid) === process.env.FLOWSTATE_COMMAND_PID;

if (process.channel && isChildOfCommand) {
  process.once('disconnect', () => {
    signalGroup(process.pid, 'SIGTERM');
    setTimeout(() => signalGroup(process.pid, 'SIGKILL'), Number(process.env.FLOWSTATE_STOP_MS)).unref();
  });
  // Listening must not keep the program alive.
  process.channel.unref();
}
