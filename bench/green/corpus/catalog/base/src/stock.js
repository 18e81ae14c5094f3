export class StockClient {
  constructor(http) {
    this.http = http;
  }

  async available(sku) {
    const answer = await this.http.get(`/stock/${sku}`);
    return answer.count > 0;
  }
}
