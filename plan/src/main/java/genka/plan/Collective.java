package genka.plan;

/**
 * Seconds of collectives over two levels, links inside a domain and the network between domains, with one network port for each
 * accelerator ("rails"): reduce inside the domain, then every accelerator with its peers of the other domains, so that a port carries
 * only its share (hierarchical all-reduce as in NCCL; bandwidth-optimal ring terms, Patarasuk and Yuan 2009).
 */
final class Collective {
    private Collective() {}

    /**
     * Gathering or reduce-scattering {@code bytes} (the whole, as each rank sees it in the end) over {@code ranks}.
     *
     * @param inside ranks of the group that share a domain
     */
    static double gather(double bytes, int ranks, int inside, double link, double network, double latency) {
        if (ranks <= 1) {
            return 0;
        }
        int near = Math.min(inside, ranks);
        double domains = Math.ceil((double) ranks / near);
        double time = latency * log2(ranks) + (near - 1.0) / near * bytes / link;
        return domains <= 1 ? time : time + (domains - 1) / domains * bytes / near / network;
    }

    static double log2(double value) {
        return Math.log(value) * 1.4426950408889634;
    }
}
