package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class LinePlotTest {
  private static final List<LinePlot.Point> STRAIGHT =
      List.of(new LinePlot.Point(1, 5), new LinePlot.Point(2, 7), new LinePlot.Point(4, 11));

  @Test
  void aLineThroughItsOwnPointsExplainsThemAll() {
    LinePlot.Line line = LinePlot.Line.of(STRAIGHT);
    assertThat(line.slope()).isEqualTo(2, within(1e-12));
    assertThat(line.start()).isEqualTo(3, within(1e-12));
    assertThat(line.explained()).isEqualTo(1, within(1e-12));
  }

  @Test
  void whatBendsIsNotExplained() {
    List<LinePlot.Point> square =
        List.of(new LinePlot.Point(0, 0), new LinePlot.Point(1, 1), new LinePlot.Point(2, 4));
    assertThat(LinePlot.Line.of(square).explained()).isEqualTo(16 / (2 * 26 / 3.0), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"5, 1", "30, 10", "1024, 500", "0.4, 0.1", "7, 2", "0, 1"})
  void ticksAreRound(double most, double step) {
    assertThat(LinePlot.step(most)).isEqualTo(step, within(1e-9));
  }

  @Test
  void drawsEveryPointAndLeavesOutWhatIsTooLittle() throws Exception {
    String svg =
        LinePlot.svg(
            "All",
            List.of(
                new LinePlot("ms", "blocks", STRAIGHT), new LinePlot("MB", "blocks", List.of())));
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(STRAIGHT.size());
    assertThat(document.getElementsByTagName("g").getLength()).isEqualTo(2);
  }
}
