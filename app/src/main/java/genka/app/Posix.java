package genka.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The two calls of the C library that Java has no words for. Both say whether they worked. */
@SuppressWarnings("restricted")
final class Posix {
    static final int SIGINT = 2;
    static final int SIGTERM = 15;
    private static final long SIG_ERR = -1;

    private Posix() {}

    /** Gives a signal back to the system, which ends the process at it. */
    static boolean defaultSignal(int number) {
        try {
            MethodHandle signal = function(
                    "signal", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MemorySegment before = (MemorySegment) signal.invokeExact(number, MemorySegment.NULL);
            return before.address() != SIG_ERR;
        } catch (Throwable unavailable) { // a MethodHandle declares nothing less
            return false;
        }
    }

    /** Makes descriptor {@code to} the same file as {@code from}. */
    static boolean duplicate(int from, int to) {
        try {
            MethodHandle dup2 = function(
                    "dup2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return (int) dup2.invokeExact(from, to) == to;
        } catch (Throwable unavailable) { // a MethodHandle declares nothing less
            return false;
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
    }
}
