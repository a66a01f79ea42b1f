package genka.catalog;

/**
 * What an hour of a machine costs, one file under facts/rates/. Machines are billed whole: a card's numbers are for the
 * machine it names, not for a core or a gigabyte.
 */
public sealed interface RateCard {
    /** The file's name without its ending: rent, own. */
    String name();

    /** The machine these numbers are for, in words: "2 vCPU, 24 GB". */
    String machine();

    /** Rented: the price covers hardware, power and building. */
    record Rent(String name, String machine, Fact usdPerMachineHour) implements RateCard {}

    /**
     * Owned: the price is written off over its useful life whether it is used or not, and power is paid as used.
     *
     * @param watts mean power at the plug while it works
     * @param pue power of the whole building over power of its machines, at least 1
     */
    record Own(String name, String machine, Fact purchaseUsd, Fact lifeYears, Fact watts, Fact usdPerKwh, Fact pue)
            implements RateCard {}
}
