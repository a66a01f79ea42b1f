package genka.app;

import genka.report.LivePage;

/** The live page of a run of this very process, beside its training. What goes wrong with it is told and does not touch the run. */
final class LiveRun implements AutoCloseable {
    /** No page. */
    static final LiveRun NONE = new LiveRun(() -> {});

    private final Runnable end;

    private LiveRun(Runnable end) {
        this.end = end;
    }

    static LiveRun start(Home home, String run, ProgressView view) {
        LivePage page = new LivePage();
        LiveServer server = LiveServer.start(page, 0);
        Watch watch = new Watch(home, page, server);
        Thread follower = Thread.ofPlatform().daemon().name("genka-watch").start(() -> follow(watch, run, view));
        view.say("watch it at " + server.address());
        return new LiveRun(() -> {
            watch.stop();
            try {
                follower.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.close();
        });
    }

    private static void follow(Watch watch, String run, ProgressView view) {
        try {
            watch.followUntilStopped(run);
        } catch (RuntimeException broken) {
            view.notice("the live page stands still: " + Failures.words(broken));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A last look, then the server ends. */
    @Override
    public void close() {
        end.run();
    }
}
