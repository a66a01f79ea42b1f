package genka.app;

import static org.assertj.core.api.Assertions.assertThat;

import genka.books.Bill;
import genka.books.BillTerms;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BillScreenTest {
    @TempDir
    Path home;

    @Test
    void thePriceOfAnswersIsNotLostBesideACostOfPeople() {
        ToldRun.whole(home, "told", 1);
        Home here = new Home();
        here.chosen = home;
        Bill bill = Bills.of(here, "told", Bills.RENT);
        BillTerms.People people = new BillTerms.People(new BigDecimal(100), new BigDecimal(80));
        Bill withPeople = Bill.of(bill.run(), List.of(), bill.terms().with(people));
        assertThat(BillScreen.summary(withPeople, new Style(false)))
                .containsPattern("full +8000\\.00\n")
                .containsPattern("for 1,000 answers +0\\.000048\n");
    }
}
